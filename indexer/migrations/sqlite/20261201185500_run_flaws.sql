-- Runs say which stretches of their footage no rule could judge.

ALTER TABLE run ADD COLUMN flaws TEXT; -- JSON [{"kind": "damaged"|"missing"|"cut_short", "from": ns, "to": ns}]; NULL: none
