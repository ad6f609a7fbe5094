-- How many persons were seen at once in a minute of a camera. NULL: nothing of it was judged, or an earlier version did.

ALTER TABLE coverage_minute ADD COLUMN persons INTEGER CHECK (persons >= 0); -- in the whole picture
ALTER TABLE coverage_minute ADD COLUMN zone_persons TEXT; -- JSON object, zone id to number; NULL: nobody in any zone
