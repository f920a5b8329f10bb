"""The models of examples/zoo that keras.applications does not have. Each has a twin of its name there."""
