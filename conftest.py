"""Leave out the doctests of modules that need an extra which is not installed; tests/ skips in its own words."""

from importlib.util import find_spec

NEEDS = {
    "boilercut/arrow.py": "pyarrow",
    "boilercut/adapters/spark.py": "pyspark",
    "boilercut/adapters/datatrove.py": "datatrove",
    "boilercut/adapters/langchain.py": "langchain_core",
    "boilercut/adapters/llamaindex.py": "llama_index",
    "boilercut/adapters/scrapy.py": "scrapy",
}
collect_ignore = [module for module, library in NEEDS.items() if not find_spec(library)]
