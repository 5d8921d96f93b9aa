"""Beginning a plan: the questions, and the plan that their answers make."""
