"""Feedback: from answered photos and a person's word to what is looked at, learnt, and put to use. Arrays alone."""
