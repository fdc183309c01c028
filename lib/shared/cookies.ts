/** Cookies with which a browser remembers how a page looks, so that the first paint is right. They open nothing. */
export const localeCookie = "breakwater-locale";
export const barCookie = "breakwater-bar";
