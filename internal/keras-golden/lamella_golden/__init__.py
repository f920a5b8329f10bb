"""Golden data from real Keras for lamella's conformance cases."""
