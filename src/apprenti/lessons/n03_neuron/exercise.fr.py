"""Leçon 3, en code : un neurone en une ligne. Complétez, puis lancez `apprenti learn check 3`."""


def neuron(x1, x2, w1, w2, b):
    """Rend l'activation d'un neurone à deux entrées : un nombre entre 0 et 1."""
    # 1. multipliez chaque entrée par son poids, additionnez les produits, puis ajoutez le biais
    # 2. passez la somme dans la sigmoïde, 1 / (1 + e^-z) ; math.exp(-z) vaut e^-z
