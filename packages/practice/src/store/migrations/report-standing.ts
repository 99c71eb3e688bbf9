/** How each report stands and who it goes to, for lists to be told by; and what an answer names that was not used. */
export const reportStanding: string = `
  -- Worked out by queries/review.ts whenever something has happened to a report, or its answer is late: narrow, and apart from
  -- what is sent, so that a list by standing or by receiver reads an index alone.
  CREATE TABLE report_standing (
    sequence INTEGER PRIMARY KEY,
    standing TEXT NOT NULL,
    -- An ODS code, else a mailbox, else REGISTERED: see ReportQuery.
    receiver TEXT NOT NULL
  ) STRICT;
  CREATE INDEX report_standing_of ON report_standing (standing, sequence);
  CREATE INDEX report_receiver ON report_standing (receiver, sequence, standing);
  INSERT INTO tally SELECT 'report ' || value, 0
    FROM json_each('["awaited","late","accepted","refused","undelivered","held"]');
  CREATE TRIGGER standing_counted AFTER INSERT ON report_standing BEGIN
    UPDATE tally SET amount = amount + 1 WHERE name = 'report ' || NEW.standing;
  END;
  CREATE TRIGGER standing_recounted AFTER UPDATE OF standing ON report_standing WHEN OLD.standing <> NEW.standing BEGIN
    UPDATE tally SET amount = amount - 1 WHERE name = 'report ' || OLD.standing;
    UPDATE tally SET amount = amount + 1 WHERE name = 'report ' || NEW.standing;
  END;
  INSERT INTO review SELECT 'outgoing', sequence, '' FROM outgoing WHERE kind = 'report'
    ON CONFLICT DO UPDATE SET due_at = '';

  -- The MessageHeader.id that the answer names, ours or not, and why it is a stray: see StrayReason.
  ALTER TABLE unbelieved ADD COLUMN answers TEXT;
  ALTER TABLE unbelieved ADD COLUMN why TEXT;
  CREATE INDEX unbelieved_answers ON unbelieved (answers) WHERE answers IS NOT NULL;
  UPDATE unbelieved SET why = (SELECT CASE reason
      WHEN 'It answers a message that was not sent from here.' THEN 'not-sent-here'
      WHEN 'It does not come from the mailbox that the message went to.' THEN 'other-mailbox'
      WHEN 'What it says may be changed by something that is not known here.' THEN 'modified' END
    FROM received WHERE received.message_id = unbelieved.message_id);
  -- What they name is in the messages.
  INSERT OR IGNORE INTO reread (kind, owner)
    SELECT 'response', message_id FROM received WHERE kind IN ('stray-response', 'repeated-response');
  -- What contradicts an answer is to be seen by who acts on that answer.
  CREATE TRIGGER contradiction_grew AFTER INSERT ON unbelieved WHEN NEW.why = 'says-otherwise' BEGIN
    INSERT INTO thing_version SELECT 'report', sequence, 2 FROM outgoing WHERE header_id = NEW.answers AND kind = 'report'
      ON CONFLICT DO UPDATE SET version = version + 1;
  END;
`;
