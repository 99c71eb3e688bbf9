// What a person is told where what they asked for is not there, or cannot be done: written here alone, and shown on `/messages`.

export const refusals = {
  "no-such-task": "There is no such task.",
  "no-such-report": "There is no such report.",
  "no-such-stray": "There is no such unmatched message.",
  "no-such-notices": "There are no such notices.",
  "no-such-response": "There is no such response.",
  "no-such-decision": "There is no such decision.",
  "no-attachment-of-task": "This task has no such attachment.",
  "no-attachment-of-report": "This report has no such attachment.",
  "no-patient-to-match": "There is no such task, or its patient has not been looked up.",
  "message-not-kept": "The message itself is not kept.",
  "message-without-content": "This message has no content.",
  "not-printed-here": "This document cannot be printed from here: download it.",
  "page-of-before":
    "This page is from before the system was updated, so nothing was done. Open the page again and retry.",
  "changed-since": "This has changed since the page was shown. Open it again to see how it stands.",
  "task-not-open": "This task is not open any more, so nothing was done. Open it again to see how it stands.",
  "answered-already":
    "This message has been answered already, or the answer does not fit it. Open the task again to see.",
  "response-not-held": "This response is not held any more. Open the task again to see how it stands.",
  "report-not-held": "This report is not held any more. Open it again to see how it stands.",
  "match-not-allowed": "This cannot be said of the patient any more. Open the task again to see how it stands.",
  "left-already":
    "It has left, or is leaving, so it could not be taken back. If it was wrong, tell the people whom it went to.",
  "nothing-chosen": "No task was chosen. Go back to the list and choose some.",
  "no-such-page": "There is no page at this address. It may be an old link: look for the message in the worklist.",
} as const;

/** What is wrong with what a person filled in: at the head of the page, and beside the field. */
export const problems = {
  "answer-missing": "Choose the answer to send",
  "assignee-missing": "Choose who is to deal with it",
  "assignee-of-several-missing": "Choose who is to deal with them",
  "reason-missing": "Choose why it is done",
  "reason-note-missing": "Enter a note that says why it is done",
  "reason-note-too-long": "The note must be 500 characters or fewer",
  "dealt-note-too-long": "What you did about it must be 500 characters or fewer",
  "note-missing": "Enter a comment",
  "note-too-long": "The comment must be 500 characters or fewer",
  "due-day-invalid": "Due date must be a real date, such as 27 3 2027",
  "since-invalid": "‘Received from’ must be a real date, such as 27/3/2026",
  "until-invalid": "‘Received until’ must be a real date, such as 27/3/2026",
  "until-before-since": "‘Received until’ must be the same as or after ‘Received from’",
  "search-too-long": "Search for 10 words or fewer, of 200 characters in all",
} as const;
