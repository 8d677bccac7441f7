"""Prompts that make something visible, for the picker beside each prompt."""

EXAMPLES = {
    "A story begins": "It was a cold evening in November, and the old man sat by the fire",
    "A name comes back": 'Mr. Utterson looked at the door. "Who lives there?" asked Mr. Utt',
    "A word comes back": "The bell rang in the tower. The bird sat on the roof. The bell rang in the",
    "A pronoun": "The girl put the book on the table because she was tired of reading it",
    "The same word thrice": "the the the",
    "Two people": "When Mary and John went to the shop, John gave a drink to",
    "A list with a pattern": "one two three four five one two three four",
    "Line breaks and tabs": "Dear Sir,\n\n\tI have the honour to be,\n",
    "Emoji and other scripts": "I love 🍕 and 日本語 and العربية",
    "Looks like HTML": "<b>bold</b> & <script>alert('hi')</script>",
}

FIRST_VISIT = EXAMPLES["A story begins"]
