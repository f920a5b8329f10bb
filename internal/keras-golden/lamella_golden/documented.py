"""Where Keras's code contradicts Keras's documentation, the goldens are of what the documentation says.

FEATURES.md lists these places. What computes the numbers is Keras's own code all the same.
"""

import keras


class RandomCrop(keras.layers.RandomCrop):
    """Outside training it shall "return the largest possible window in the image that matches the target aspect ratio", which
    Keras 2 did with `smart_resize`; the code gives the image back as it is, in another shape than `compute_output_shape` says.
    """

    def transform_images(self, images, transformation, training=True):
        if training:
            return super().transform_images(images, transformation)
        size = (self.height, self.width)
        return keras.preprocessing.image.smart_resize(images, size, data_format=self.data_format, backend_module=self.backend)


def inference_mode(case: dict) -> bool | None:
    """The `training` of a model's call outside training. A layer's own `training` argument holds while the model is called
    without one; `predict` and `fit` override it, against the guide to transfer learning."""
    return None if any("training" in spec.get("args", {}) for spec in case["layers"]) else False
