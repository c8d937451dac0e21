"""Leçon 6, en code : un pas avec élan. Complétez, puis lancez `apprenti learn check 6`."""


def step(w, v, gradient, rate, momentum):
    """Rend le poids et la vitesse après un pas, sous forme de paire : w, v."""
    # 1. la nouvelle vitesse : l'élan fois l'ancienne, moins le taux fois le gradient
    # 2. le nouveau poids : l'ancien plus la nouvelle vitesse
