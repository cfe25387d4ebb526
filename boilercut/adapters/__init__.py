"""Thin adapters to pipelines that people already run; each needs an extra, and is imported by name."""
