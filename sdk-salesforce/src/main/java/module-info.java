/** Salesforce provider apps and OAuth, checked and explained. */
module com.withampersand.sdk.salesforce {
  requires transitive com.withampersand.sdk.core;
  requires com.fasterxml.jackson.databind;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports com.withampersand.sdk.salesforce;
  exports com.withampersand.sdk.salesforce.doctor;
  exports com.withampersand.sdk.salesforce.error;
  exports com.withampersand.sdk.salesforce.metadata;
}
