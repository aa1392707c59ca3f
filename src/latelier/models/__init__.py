"""The models, one a file; `_contract.py` says what each must be."""
