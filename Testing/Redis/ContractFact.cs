using Xunit.Abstractions;
using Xunit.Sdk;

namespace Granary.Testing.Redis;

/// <summary>A test of a contract. It is skipped, and says so, in a class that needs a Redis that this machine does not have.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Granary.Testing.Redis.ContractFactDiscoverer", "Granary.Testing")]
public sealed class ContractFactAttribute : FactAttribute;

/// <summary>What the class tests needs Redis.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsRedisAttribute : Attribute;

/// <summary>Finds the tests of a contract.</summary>
public sealed class ContractFactDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    /// <inheritdoc />
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        var (display, options) = (discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault());
        yield return !RedisServer.IsInstalled && testMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsRedisAttribute)).Any()
            ? new SkippedTestCase(messages, display, options, testMethod)
            : new XunitTestCase(messages, display, options, testMethod);
    }

    private sealed class SkippedTestCase : XunitTestCase
    {
        [Obsolete("For the test runner.")]
        public SkippedTestCase()
        {
        }

        public SkippedTestCase(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
            : base(messages, display, options, method)
        {
        }

        protected override string GetSkipReason(IAttributeInfo factAttribute) => "redis-server is not installed.";
    }
}
