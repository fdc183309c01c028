import "server-only";

/**
 * Passwords that everybody tries first, lower case, with and without the digits and signs that people add at the end.
 * Short ones stand here because `requireGoodPassword` also looks at a password without its tail.
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `password passwort passw0rd p@ssword p@ssw0rd pa55word pa55w0rd password1 password12 password123 password1234
  password12345 password123456 passwordpassword mypassword thepassword newpassword yourpassword letmein letmeinnow
  letmein123 letmeinplease welcome welcome1 welcome123 welcomehome qwerty qwerty123 qwertyuiop qwertyui qwerty12345
  qwertyuiop123 qwertzuiop azertyuiop asdfghjkl asdfghjkl123 zxcvbnm zxcvbnm123 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y
  q1w2e3r4t5y6 1qaz2wsx 1qaz2wsx3edc qazwsxedc qazwsx zaq12wsx 1234567890 12345678910 123456789a a123456789 0123456789
  9876543210 0987654321 1234512345 1122334455 123123123 123123123123 123321123321 123456123456 111222333 1234567891
  12345678901 123456789012 111111111111 iloveyou iloveyou1 iloveyou123 iloveyoubaby sunshine princess superman batman
  football baseball basketball dragon monkey master shadow michael jennifer trustno1 trustnoone whatever starwars
  computer internet changeme changeme123 changeit change_me changemenow default defaultpassword secret topsecret
  supersecret secretpassword admin admin123 admin1234 admin12345 adminadmin administrator root rootroot toor
  rootpassword adminpassword administrator1 guest guestguest user useruser testtest testpassword test test1234
  test123456 testing testing123 temp temppassword temporary qwerasdf qweasdzxc qweasdzxc123 abcd1234 abcdef123456
  abc123456789 abc123abc123 aa12345678 a1b2c3d4e5 a1b2c3d4e5f6 asdfasdfasdf asdf1234 asdfjkl asdfghjk correcthorsebatterystaple
  correct horse battery staple hunter2 hunter22222 breakwater breakwater1 breakwater123 openclaw openclaw123 woaini
  woaini1314 woaini520 woaini1314520 5201314520 zhang123456 wang123456 li123456789 wo123456789 qq123456789 nihao123
  nihaonihao mima123456 chinachina`
    .split(/\s+/)
    .filter((word) => word !== ""),
);
