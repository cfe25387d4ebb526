"""Train the shipped models on `../shared/data/train`, and cross-validate them by site."""
