"""A piece on its machine: what stands beside the service so that it starts every morning."""
