/** Checks the setup of a Salesforce app without a user, and reports what to fix. */
@NullMarked
package com.withampersand.sdk.salesforce.doctor;

import org.jspecify.annotations.NullMarked;
