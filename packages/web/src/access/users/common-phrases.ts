/**
 * Phrases that everybody knows: examples of passwords, rhymes, proverbs, prayers, films, books and songs. They are long, and among
 * what is tried first all the same. However their words are kept apart, they are the same.
 */
export const commonPhrases: readonly string[] = `
  correct horse battery staple
  purple monkey dishwasher
  this is my password
  this is a password
  my voice is my passport
  change this password
  nobody will ever guess
  no one will ever guess
  the quick brown fox jumps over the lazy dog
  the quick brown fox
  over the lazy dog
  lorem ipsum dolor sit amet
  twinkle twinkle little star
  mary had a little lamb
  humpty dumpty sat on a wall
  jack and jill went up the hill
  hickory dickory dock
  baa baa black sheep
  row row row your boat
  london bridge is falling down
  three blind mice
  incy wincy spider
  ring a ring o roses
  old macdonald had a farm
  the wheels on the bus
  happy birthday to you
  we wish you a merry christmas
  merry christmas
  jingle bells
  silent night
  once upon a time
  happily ever after
  god save the king
  god save the queen
  rule britannia
  land of hope and glory
  land of my fathers
  flower of scotland
  keep calm and carry on
  mind the gap
  you ll never walk alone
  football s coming home
  it s coming home
  glory glory man united
  swing low sweet chariot
  an apple a day keeps the doctor away
  an apple a day
  a stitch in time saves nine
  all that glitters is not gold
  all that glitters
  actions speak louder than words
  practice makes perfect
  better late than never
  early bird catches the worm
  curiosity killed the cat
  raining cats and dogs
  first do no harm
  carpe diem
  veni vidi vici
  cogito ergo sum
  hakuna matata
  to be or not to be
  that is the question
  all the world s a stage
  shall i compare thee to a summer s day
  it was the best of times
  it was a dark and stormy night
  call me ishmael
  elementary my dear watson
  big brother is watching you
  i have a dream
  we the people
  four score and seven years ago
  one small step for man
  one small step for a man
  houston we have a problem
  live long and prosper
  beam me up scotty
  resistance is futile
  to boldly go
  may the force be with you
  may the fourth be with you
  i am your father
  use the force luke
  to infinity and beyond
  there s no place like home
  here s looking at you kid
  frankly my dear i don t give a damn
  hasta la vista baby
  i ll be back
  shaken not stirred
  the name s bond
  show me the money
  you can t handle the truth
  life is like a box of chocolates
  why so serious
  i see dead people
  the truth is out there
  winter is coming
  valar morghulis
  you know nothing jon snow
  one ring to rule them all
  you shall not pass
  my precious
  not all who wander are lost
  i solemnly swear that i am up to no good
  mischief managed
  expecto patronum
  wingardium leviosa
  avada kedavra
  so long and thanks for all the fish
  the answer is forty two
  don t panic
  exterminate exterminate
  nobody expects the spanish inquisition
  always look on the bright side of life
  hello darkness my old friend
  never gonna give you up
  let it go
  let it be
  all you need is love
  yellow submarine
  here comes the sun
  hey jude
  bohemian rhapsody
  is this the real life
  we will rock you
  we are the champions
  stairway to heaven
  highway to hell
  another brick in the wall
  wish you were here
  smells like teen spirit
  dancing queen
  don t look back in anger
  sweet child o mine
  sweet child of mine
  in the beginning was the word
  our father who art in heaven
  the lord is my shepherd
  love thy neighbour
  in god we trust
  jesus loves me
  god is love
  for god so loved the world
  i love you so much
  i love you forever
`
  .trim()
  .split(/\s*\n\s*/);
