"""What a model's stored weights say of its size, to hold a reading of its config.json against."""

__all__ = ["tensors", "weight_files", "weights_check"]
