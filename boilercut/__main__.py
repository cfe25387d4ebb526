"""Run the command line as `python -m boilercut`."""

from boilercut.cli import main

if __name__ == "__main__":
    main()
