-- Which deed a line of the journal stands for, whoever reported it; absent in older lines.
ALTER TABLE journal ADD COLUMN key TEXT;
