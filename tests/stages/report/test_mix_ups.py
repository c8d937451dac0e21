from tests.stages.report.made_up import made_up_report

from apprenti.stages.report.mix_ups import MAX_TABLE_LABELS, mix_ups


def test_the_most_frequent_pairs_come_first_and_count_what_the_matrix_counts() -> None:
    scores = made_up_report(n_test=300).scores
    assert scores is not None
    mix = mix_ups(scores)
    counts = [pair.n for pair in mix.pairs]
    assert counts == sorted(counts, reverse=True)
    assert sum(cell.n for cell in mix.cells if not cell.is_right) == scores.n_mistakes
    assert sum(cell.n for cell in mix.cells if cell.is_right) == scores.n_right


def test_few_classes_make_a_table_and_many_do_not() -> None:
    for n_labels, is_table in ((2, True), (MAX_TABLE_LABELS, True), (MAX_TABLE_LABELS + 1, False)):
        scores = made_up_report(n_labels=n_labels, n_test=200).scores
        assert scores is not None
        table = mix_ups(scores).table
        assert len(table) == (n_labels if is_table else 0)
        assert all(len(row) == n_labels for row in table)
