/**
 * Checks of the setup of a Salesforce app, without a user.
 *
 * <p>{@link com.withampersand.sdk.salesforce.doctor.SalesforceDoctor} asks Salesforce, and
 * Ampersand if it has a client, and returns a {@link
 * com.withampersand.sdk.salesforce.doctor.DoctorReport}: findings with what to do, and what it
 * could not see.
 */
@NullMarked
package com.withampersand.sdk.salesforce.doctor;

import org.jspecify.annotations.NullMarked;
