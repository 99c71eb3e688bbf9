/**
 * What passwords that many people have are made of: words of the published lists of them, and those that are near to whoever
 * works in a practice. Not words of a language as such: four of those in a row make a good password.
 */
export const commonWords: readonly string[] = `
  password passwort passwd passw pass passphrase secret access login signin logon user username admin administrator root
  superuser master test testing guest default changeme change letmein welcome hello openup opensesame trustno iloveyou loveyou
  ilove love lovely qwerty qwertz azerty asdfgh zxcvbn qazwsx qweasd abc abcd abcdef computer internet windows office microsoft
  google facebook apple samsung nokia dell server system database oracle network wireless router printer laptop desktop backup
  princess queen king prince angel angels baby babygirl babyboy sweetheart honey darling sunshine rainbow flower flowers butterfly
  dragon monkey tiger lion eagle falcon panther shadow phoenix horse dolphin kitten puppy doggy chicken banana cheese chocolate
  cookie cookies pepper ginger biscuit buster bailey charlie daniel michael michelle jessica jennifer jordan joshua matthew andrew
  thomas robert william george james oliver harry jack samuel benjamin nicole ashley hannah amanda samantha elizabeth victoria
  charlotte sophie emily chloe alexander anthony
  football soccer baseball basketball cricket rugby hockey tennis golf swimming liverpool arsenal chelsea everton manchester united
  city tottenham celtic rangers newcastle leeds villa westham barcelona juventus england scotland wales ireland britain london
  superman batman spiderman starwars pokemon naruto matrix hunter ranger ninja killer soldier warrior viking pirate wizard gandalf
  mustang ferrari porsche mercedes yamaha harley corvette
  summer winter spring autumn january february march april june july august september october november december monday tuesday
  wednesday thursday friday saturday sunday christmas easter birthday holiday happy lucky freedom forever family friends mother
  father
  nhs health healthcare hospital clinic surgery practice pharmacy medical medicine doctor nurse patient patients reception
  receptionist manager gp gpconnect mesh emis systmone restante worklist message messages messaging covid vaccine
`
  .trim()
  .split(/\s+/);
