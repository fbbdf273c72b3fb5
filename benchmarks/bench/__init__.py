"""Benchmarks of jet-fanout beside the tools that people use today."""
