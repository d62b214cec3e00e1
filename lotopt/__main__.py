"""`python -m lotopt` is the `lotopt` command."""

from lotopt.cli import main

if __name__ == "__main__":
    main()
