"""HTML: bounds, parser, walk, and what stands in markup; the only place that knows it."""
