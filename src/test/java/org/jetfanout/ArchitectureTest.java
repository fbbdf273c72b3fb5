package org.jetfanout;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.keyverifier.StaticServerKeyVerifier;
import org.apache.sshd.server.channel.AbstractServerChannel;

/** The dependency rule of the house: packages depend downwards only. */
@AnalyzeClasses(packages = "org.jetfanout", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    @ArchTest
    static final ArchRule PACKAGES_DEPEND_DOWNWARDS =
            layeredArchitecture()
                    .consideringOnlyDependenciesInLayers()
                    .layer("cli")
                    .definedBy("org.jetfanout.cli..")
                    .layer("pipeline")
                    .definedBy("org.jetfanout.pipeline..")
                    .layer("steps")
                    .definedBy(
                            "org.jetfanout.job..",
                            "org.jetfanout.plan..",
                            "org.jetfanout.record..",
                            "org.jetfanout.log..",
                            "org.jetfanout.sink..")
                    .layer("means")
                    .definedBy(
                            "org.jetfanout.ssh..",
                            "org.jetfanout.bundle..",
                            "org.jetfanout.runner..",
                            "org.jetfanout.queue..")
                    .layer("input")
                    .definedBy(
                            "org.jetfanout.inventory..",
                            "org.jetfanout.playbook..",
                            "org.jetfanout.workers..")
                    .layer("yaml")
                    .definedBy("org.jetfanout.yaml..")
                    .whereLayer("cli")
                    .mayNotBeAccessedByAnyLayer()
                    .whereLayer("pipeline")
                    .mayOnlyBeAccessedByLayers("cli")
                    .whereLayer("steps")
                    .mayOnlyBeAccessedByLayers("pipeline", "cli", "means")
                    .whereLayer("means")
                    .mayOnlyBeAccessedByLayers("steps", "pipeline", "cli")
                    .whereLayer("input")
                    .mayOnlyBeAccessedByLayers("means", "steps", "pipeline", "cli");

    @ArchTest
    static final ArchRule CORE_KNOWS_NO_CAMEL_SSH_OR_QUEUE =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "org.jetfanout.plan..",
                            "org.jetfanout.inventory..",
                            "org.jetfanout.playbook..",
                            "org.jetfanout.workers..",
                            "org.jetfanout.runner..",
                            "org.jetfanout.bundle..",
                            "org.jetfanout.job..",
                            "org.jetfanout.record..",
                            "org.jetfanout.log..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.apache.camel..",
                            "org.apache.sshd..",
                            "jakarta.jms..",
                            "org.apache.activemq..",
                            "org.jetfanout.ssh..",
                            "org.jetfanout.queue..");

    @ArchTest
    static final ArchRule ONLY_SSH_KNOWS_MINA =
            noClasses()
                    .that()
                    .resideOutsideOfPackages("org.jetfanout.ssh..", "org.jetfanout.demo..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.apache.sshd..");

    /** Neither a server nor a client that would take any machine for a host. */
    @ArchTest
    static final ArchRule ONLY_THE_DEMO_SERVES_SSH_OR_TRUSTS_EVERY_HOST_KEY =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("org.jetfanout.demo..")
                    .should()
                    .dependOnClassesThat(
                            resideInAPackage("org.apache.sshd.server..")
                                    // for the agent's channels, which a worker opens and we serve
                                    .and(not(type(AbstractServerChannel.class)))
                                    .or(type(AcceptAllServerKeyVerifier.class))
                                    .or(type(StaticServerKeyVerifier.class)));

    @ArchTest
    static final ArchRule NOTHING_KNOWS_THE_DEMO =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("org.jetfanout.demo..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.jetfanout.demo..");
}
