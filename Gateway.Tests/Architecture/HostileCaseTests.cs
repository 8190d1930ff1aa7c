using System.Reflection;

namespace Granary.Gateway.Tests.Architecture;

/// <summary>How much of what attackers send is tried: classes with the trait <c>Kind=Hostile</c>, which <c>dotnet test --filter Kind=Hostile</c> runs alone.</summary>
public sealed class HostileCaseTests
{
    [Fact]
    public void There_are_three_hundred_hostile_cases_at_least()
    {
        var classes = typeof(HostileCaseTests).Assembly.GetTypes()
            .Where(type => type.GetCustomAttributesData().Any(a => a.AttributeType == typeof(TraitAttribute) && (string?)a.ConstructorArguments[1].Value == "Hostile")).ToList();
        classes.Count.ShouldBeGreaterThan(20);
        // Rows that a member makes are not counted.
        classes.SelectMany(type => type.GetMethods())
            .Sum(test => test.GetCustomAttribute<TheoryAttribute>() is null ? test.IsDefined(typeof(FactAttribute)) ? 1 : 0 : test.GetCustomAttributes<InlineDataAttribute>().Count())
            .ShouldBeGreaterThanOrEqualTo(300);
    }
}
