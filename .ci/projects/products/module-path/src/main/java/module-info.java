/** An application on the module path, outside the build. */
module app {
  requires com.withampersand.sdk.salesforce;
  requires com.withampersand.sdk.testkit;
}
