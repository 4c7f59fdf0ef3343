/**
 * A Salesforce app as files of Salesforce's Metadata API: written from the app's settings, and read
 * from what was retrieved from an org. Salesforce's own command line deploys and retrieves them;
 * {@link com.withampersand.sdk.salesforce.doctor.SalesforceDoctor} compares them.
 */
@NullMarked
package com.withampersand.sdk.salesforce.metadata;

import org.jspecify.annotations.NullMarked;
