"""How the reader is trained; needs PyTorch and the data, and is not shipped."""
