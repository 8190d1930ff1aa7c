using System.Text.RegularExpressions;
using Granary.Gateway.Tests.Support;

namespace Granary.Gateway.Tests.Architecture;

/// <summary>What a test made is gone after it.</summary>
public sealed partial class TestClassTests
{
    // The files of those that are not would be left behind, and their servers would run on.
    [Fact]
    public void A_test_class_is_disposed_as_xunit_disposes_of_it() =>
        Directory.GetDirectories(Checkout.Root, "*.Tests")
            .SelectMany(project => Directory.GetFiles(project, "*.cs", SearchOption.AllDirectories))
            .Where(file => AsynchronouslyDisposable().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetFileName(file))
            .ShouldBeEmpty("xunit calls the DisposeAsync of IAsyncLifetime alone");

    [GeneratedRegex(@"class \w+(Tests|Rules)\b(?![^{]*IAsyncLifetime)[^{]*IAsyncDisposable", RegexOptions.CultureInvariant)]
    private static partial Regex AsynchronouslyDisposable();
}
