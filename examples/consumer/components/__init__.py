"""The consumer's own components, in a folder with the same name as one of ours."""
