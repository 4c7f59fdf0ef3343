package com.withampersand.sdk.salesforce.metadata;

import java.util.Arrays;
import java.util.Optional;

/**
 * The types of the Metadata API of which an app consists. The name of a type is the root element of
 * its files, too.
 */
enum ComponentType {
  HEADER("ExternalClientApplication", "externalClientApps", ".eca", ""),
  GLOBAL_OAUTH(
      "ExtlClntAppGlobalOauthSettings",
      "extlClntAppGlobalOauthSets",
      ".ecaGlblOauth",
      "_glbloauth"),
  OAUTH("ExtlClntAppOauthSettings", "extlClntAppOauthSettings", ".ecaOauth", "_oauth"),
  OAUTH_POLICIES(
      "ExtlClntAppOauthConfigurablePolicies",
      "extlClntAppOauthPolicies",
      ".ecaOauthPlcy",
      "_oauthPlcy"),
  /** Made by the org. It says whether the app is enabled. */
  POLICIES("ExtlClntAppConfigurablePolicies", "extlClntAppPolicies", ".ecaPlcy", "_plcy"),
  CONNECTED_APP("ConnectedApp", "connectedApps", ".connectedApp", "");

  private final String typeName;
  private final String folder;
  private final String suffix;
  private final String nameEnding;

  ComponentType(String typeName, String folder, String suffix, String nameEnding) {
    this.typeName = typeName;
    this.folder = folder;
    this.suffix = suffix;
    this.nameEnding = nameEnding;
  }

  static Optional<ComponentType> named(String typeName) {
    return Arrays.stream(values()).filter(type -> type.typeName.equals(typeName)).findFirst();
  }

  String typeName() {
    return typeName;
  }

  /** Returns the usual name of an app's component. */
  String componentName(String app) {
    return app + nameEnding;
  }

  /** Returns the path of a component in source format. */
  String path(String componentName) {
    return folder + "/" + componentName + suffix + "-meta.xml";
  }

  /** Returns the name of the app to which a component of the usual name belongs. */
  String appName(String componentName) {
    return componentName.endsWith(nameEnding)
        ? componentName.substring(0, componentName.length() - nameEnding.length())
        : componentName;
  }

  /** Tells whether Salesforce's tools take a file of this path for a file of this type. */
  boolean isSuffixOf(String path) {
    return path.endsWith(suffix) || path.endsWith(suffix + "-meta.xml");
  }

  static boolean hasSuffix(String path) {
    return Arrays.stream(values()).anyMatch(type -> type.isSuffixOf(path));
  }

  boolean isRoot() {
    return this == HEADER || this == CONNECTED_APP;
  }
}
