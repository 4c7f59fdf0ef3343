package com.withampersand.sdk.salesforce;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.core.TSFBuilder;
import com.fasterxml.jackson.core.TokenStreamFactory;
import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.ObjectInputStream;
import java.util.ServiceLoader;
import java.util.function.Predicate;

/** What this module needs of the core, the next provider needs too: so it has to be API. */
@AnalyzeClasses(packages = "com.withampersand.sdk", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String SALESFORCE = "com.withampersand.sdk.salesforce";
  private static final String ERROR = SALESFORCE + ".error";
  private static final String DOCTOR = SALESFORCE + ".doctor";
  private static final String METADATA = SALESFORCE + ".metadata";
  private static final String INTERNAL = SALESFORCE + ".internal";

  @ArchTest
  static final ArchRule SALESFORCE_USES_THE_CORES_API_ALONE =
      noClasses()
          .that()
          .resideInAPackage("..sdk.salesforce..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..sdk.internal..", "com.github.scribejava..");

  /** A native image has to know no more than the core declares: {@code NativeImageTest} there. */
  @ArchTest
  static final ArchRule NOTHING_IS_FOUND_BY_NAME =
      noClasses()
          .that()
          .resideInAPackage("..sdk.salesforce..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.lang.reflect..")
          .orShould()
          .dependOnClassesThat()
          .belongToAnyOf(ServiceLoader.class, ObjectInputStream.class)
          .orShould()
          .callMethodWhere(target(nameMatching("getResource.*")))
          .orShould()
          .callMethod(Class.class, "forName", String.class);

  /** Those of the usual kind keep the names of members that servers send. */
  @ArchTest
  static final ArchRule ONE_CLASS_OF_A_MODULE_MAKES_PARSERS =
      noClasses()
          .that()
          .resideOutsideOfPackage("..sdk.testkit..")
          .and()
          .haveNameNotMatching(".*\\.(ServerJson|Json\\$\\w+|Json)")
          .should()
          .callConstructorWhere(target(owner(assignableTo(ObjectCodec.class))))
          .orShould()
          .callConstructorWhere(target(owner(assignableTo(TokenStreamFactory.class))))
          .orShould()
          .callMethodWhere(target(owner(assignableTo(MapperBuilder.class))))
          .orShould()
          .callMethodWhere(target(owner(assignableTo(TSFBuilder.class))));

  @ArchTest
  static final ArchRule CORE_KNOWS_NOTHING_OF_SALESFORCE =
      noClasses()
          .that()
          .resideOutsideOfPackages("..sdk.salesforce..", "..sdk.testkit..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..sdk.salesforce..");

  /** The catalog knows nothing of what uses it. */
  @ArchTest static final ArchRule ERROR_USES_INTERNAL_AT_MOST = mayUse(ERROR, ERROR, INTERNAL);

  /** What root and doctor share, and what is not API. */
  @ArchTest static final ArchRule INTERNAL_STANDS_ALONE = mayUse(INTERNAL, INTERNAL);

  @ArchTest
  static final ArchRule ROOT_USES_ERROR_AND_INTERNAL_AT_MOST =
      mayUse(SALESFORCE, SALESFORCE, ERROR, INTERNAL);

  /** Files of an app are made from its settings, and know nothing of who compares them. */
  @ArchTest
  static final ArchRule METADATA_USES_ROOT_AND_INTERNAL_AT_MOST =
      mayUse(METADATA, METADATA, SALESFORCE, INTERNAL);

  /** An app without the doctor is complete. */
  @ArchTest
  static final ArchRule DOCTOR_IS_USED_BY_NO_OTHER_PACKAGE =
      noClasses()
          .that()
          .resideOutsideOfPackage(DOCTOR)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(DOCTOR);

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().assignedFrom(new EachPackage()).should().beFreeOfCycles();

  /** Includes the root, which the patterns of {@code slices().matching} leave out. */
  private static final class EachPackage implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return type.getPackageName().startsWith(SALESFORCE) && !type.getName().contains("Test")
          ? SliceIdentifier.of(type.getPackageName())
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "the packages of this module";
    }
  }

  @ArchTest
  static final ArchRule PUBLIC_MEMBERS_SHOW_NOTHING_INTERNAL =
      members()
          .that()
          .areDeclaredInClassesThat(are("in exported packages", ArchitectureTest::isExported))
          .and(are("visible", ArchitectureTest::isVisible))
          .should(
              new ArchCondition<JavaMember>("show nothing of " + INTERNAL) {
                @Override
                public void check(JavaMember member, ConditionEvents events) {
                  member.getAllInvolvedRawTypes().stream()
                      .filter(type -> type.getPackageName().equals(INTERNAL))
                      .map(type -> member.getFullName() + " shows " + type.getName())
                      .forEach(text -> events.add(SimpleConditionEvent.violated(member, text)));
                }
              });

  private static <T> DescribedPredicate<T> are(String description, Predicate<? super T> predicate) {
    return DescribedPredicate.describe(description, predicate);
  }

  private static boolean isExported(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && resideInAPackage(SALESFORCE + "..").and(not(resideInAPackage(INTERNAL))).test(type);
  }

  private static boolean isVisible(JavaMember member) {
    return member.getModifiers().contains(JavaModifier.PUBLIC)
        || member.getModifiers().contains(JavaModifier.PROTECTED);
  }

  private static ArchRule mayUse(String from, String... others) {
    return noClasses()
        .that()
        .resideInAPackage(from)
        .and()
        .haveSimpleNameNotEndingWith("Test")
        .should()
        .dependOnClassesThat(
            resideInAPackage(SALESFORCE + "..").and(not(resideInAnyPackage(others))));
  }

  @ArchTest
  static final ArchRule TEST_KIT_SHARES_NO_CODE_WITH_THE_SDK =
      noClasses()
          .that()
          .resideInAPackage("..sdk.testkit..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "com.withampersand.sdk",
              "..sdk.oauth..",
              "..sdk.http..",
              "..sdk.token..",
              "..sdk.internal..",
              "..sdk.salesforce..");
}
