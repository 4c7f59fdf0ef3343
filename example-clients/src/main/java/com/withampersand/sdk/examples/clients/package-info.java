/** The tokens of the SDK in other clients of Salesforce, one class for each, shown in a guide. */
@NullMarked
package com.withampersand.sdk.examples.clients;

import org.jspecify.annotations.NullMarked;
