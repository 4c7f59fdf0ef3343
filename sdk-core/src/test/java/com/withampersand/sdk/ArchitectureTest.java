package com.withampersand.sdk;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String OURS = "com.withampersand.sdk..";
  private static final String ROOT = "com.withampersand.sdk";
  private static final String HTTP = "com.withampersand.sdk.http..";
  private static final String INTERNAL = "com.withampersand.sdk.internal..";
  private static final String OAUTH = "com.withampersand.sdk.oauth..";
  private static final String PLATFORM = "com.withampersand.sdk.platform..";
  private static final String TOKEN = "com.withampersand.sdk.token..";
  private static final String JACKSON = "com.fasterxml.jackson..";
  private static final String SCRIBE = "com.github.scribejava..";

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("/testkit/"))
          .importPackages(ROOT);

  @Test
  void import_ofMainClasses_holdsEveryRoomAndNoTest() {
    assertThat(MAIN)
        .extracting(JavaClass::getPackageName)
        .contains(
            ROOT,
            ROOT + ".http",
            ROOT + ".internal",
            ROOT + ".oauth",
            ROOT + ".platform",
            ROOT + ".token");
    assertThat(MAIN).extracting(JavaClass::getSimpleName).noneMatch(name -> name.endsWith("Test"));
  }

  @Test
  void root_dependsOnNothingElseOfOurs() {
    mayUse(ROOT, ROOT);
  }

  @Test
  void http_dependsOnRootAtMost() {
    mayUse(HTTP, HTTP, ROOT);
  }

  @Test
  void internal_dependsOnRootAndHttpAtMost() {
    mayUse(INTERNAL, INTERNAL, ROOT, HTTP);
  }

  @Test
  void oauth_dependsOnRootHttpAndInternalAtMost() {
    mayUse(OAUTH, OAUTH, ROOT, HTTP, INTERNAL);
  }

  @Test
  void token_dependsOnRootOAuthAndInternalAtMost() {
    mayUse(TOKEN, TOKEN, ROOT, OAUTH, INTERNAL);
  }

  @Test
  void platform_dependsOnEverythingButNothingOnIt() {
    mayUse(PLATFORM, PLATFORM, ROOT, HTTP, OAUTH, TOKEN, INTERNAL);
  }

  private static void mayUse(String room, String... others) {
    noClasses()
        .that()
        .resideInAPackage(room)
        .should()
        .dependOnClassesThat(resideInAPackage(OURS).and(not(resideInAnyPackage(others))))
        .check(MAIN);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching("com.withampersand.sdk.(*)..").should().beFreeOfCycles().check(MAIN);
  }

  @Test
  void jackson_isUsedByInternalOAuthAndPlatformAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages(INTERNAL, OAUTH, PLATFORM)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(JACKSON)
        .check(MAIN);
  }

  @Test
  void scribeJava_isUsedByOAuthAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage(OAUTH)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(SCRIBE)
        .check(MAIN);
  }

  @Test
  void publicClasses_extendAndImplementOnlyWhatIsOursOrTheJdks() {
    classes()
        .that(ARE_API)
        .should(
            new ArchCondition<JavaClass>("extend and implement only what is ours or the JDK's") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                Stream.concat(
                        type.getAllRawSuperclasses().stream(), type.getAllRawInterfaces().stream())
                    .filter(parent -> !mayBeShown(parent))
                    .forEach(parent -> violated(type.getName(), parent, events));
              }
            })
        .check(MAIN);
  }

  @Test
  void publicMembers_showOnlyWhatIsOursOrTheJdks() {
    members()
        .that()
        .areDeclaredInClassesThat(ARE_API)
        .and(ARE_VISIBLE)
        .should(
            new ArchCondition<JavaMember>("show only what is ours or the JDK's") {
              @Override
              public void check(JavaMember member, ConditionEvents events) {
                member.getAllInvolvedRawTypes().stream()
                    .filter(type -> !mayBeShown(type))
                    .forEach(type -> violated(member.getFullName(), type, events));
              }
            })
        .check(MAIN);
  }

  private static final DescribedPredicate<JavaClass> ARE_API =
      DescribedPredicate.describe("are API", ArchitectureTest::isApi);

  private static final DescribedPredicate<JavaMember> ARE_VISIBLE =
      DescribedPredicate.describe(
          "are visible",
          member ->
              member.getModifiers().contains(JavaModifier.PUBLIC)
                  || member.getModifiers().contains(JavaModifier.PROTECTED));

  private static boolean isApi(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && !resideInAPackage(INTERNAL).test(type)
        && type.getEnclosingClass().map(ArchitectureTest::isApi).orElse(true);
  }

  private static boolean mayBeShown(JavaClass type) {
    JavaClass element = type.getBaseComponentType();
    return element.isPrimitive()
        || resideInAnyPackage("java..", "javax.crypto..", "javax.sql..").test(element)
        || (resideInAPackage(OURS).test(element) && !resideInAPackage(INTERNAL).test(element));
  }

  private static void violated(String what, JavaClass type, ConditionEvents events) {
    events.add(SimpleConditionEvent.violated(type, what + " shows " + type.getName()));
  }

  @Test
  void names_sayWhatAThingIs() {
    noClasses()
        .should()
        .haveNameMatching(".*(Impl|Manager|Helper|Helpers|Utils|Util)(\\$.*)?")
        .check(MAIN);
  }

  @Test
  void classes_printNothingAndLogThroughSlf4jAlone() {
    NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(MAIN);
    NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(MAIN);
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.System$Logger")
        .check(MAIN);
  }

  @Test
  void methods_areNotSynchronized() {
    noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED).check(MAIN);
  }

  @Test
  void exceptions_liveInTheRootAndHaveItsSealedParent() {
    classes()
        .that()
        .areAssignableTo(Throwable.class)
        .should()
        .resideInAPackage(ROOT)
        .andShould()
        .beAssignableTo(AmpersandException.class)
        .check(MAIN);
  }
}
