"""The consumer's own components: a folder with the same name as one of ours must not be in its way."""
