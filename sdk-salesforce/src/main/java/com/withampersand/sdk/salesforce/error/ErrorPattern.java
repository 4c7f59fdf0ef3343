package com.withampersand.sdk.salesforce.error;

import java.util.List;

/**
 * How an error is recognized: by its text, or by its code. Case and punctuation do not count, since
 * Salesforce writes both in several ways.
 *
 * @param code the code. A pattern without text matches it, with any description; it may end in an
 *     asterisk. Of a pattern with text it is the code that Salesforce usually sends; it may be
 *     empty
 * @param text words that the description contains in this order; empty for a pattern by code. They
 *     match under any code, except in answers of the APIs, whose descriptions may be data
 * @param sources where Salesforce is known to send it
 */
record ErrorPattern(String code, String text, List<ErrorSource> sources) {}
