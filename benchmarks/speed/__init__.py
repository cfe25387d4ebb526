"""Measure speed on training pages: by stage, beside others in the same run, and at start-up."""
