"""Groups and maps: exact k-means, silhouettes and principal components."""
