package com.withampersand.sdk.salesforce;

import java.util.List;

/**
 * What an error is recognised by. Where it has words, they decide, for they carry the cause and
 * come under more than one code; else its code does. Upper and lower case, hyphens, underscores and
 * all other punctuation make no difference, since Salesforce writes them in several ways.
 *
 * @param code the usual code, empty if it comes without any; it may end in an asterisk
 * @param words words that the description holds one after the other, empty for any
 * @param places where it is known to be shown; it is recognised everywhere
 */
record Sign(String code, String words, List<Place> places) {}
