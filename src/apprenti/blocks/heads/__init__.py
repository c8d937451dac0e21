"""What turns features into one logit per class; every file has ``fit``, a frozen ``logits`` and ``add_to``.

``fit(features, labels, *, n_labels, parameters, seed)`` gets at least two classes, each with at least one
row: labels 0..n_labels-1 without a gap. ``pipeline.fit_head`` sees to that, and to classes without rows.
"""
