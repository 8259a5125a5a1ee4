"""Adversarial training of classifiers."""
