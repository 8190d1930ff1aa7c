using System.Text.Json.Nodes;

namespace Granary.Conformance.Tests.Oracle;

/// <summary>The gateway answers what the SDK's server answers, save where a named difference is intended.</summary>
public sealed class OracleTests(OracleServers servers) : IClassFixture<OracleServers>
{
    public static TheoryData<string> Names => [.. OracleRequests.All.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Both_answer_alike(string name)
    {
        var request = OracleRequests.Named(name);
        var (ours, theirs) = await servers.AskAsync(request);
        foreach (var difference in IntendedDifferences.All.Where(d => d.Concerns(request)))
        {
            difference.Level(ours);
            difference.Level(theirs);
        }
        JsonNode.DeepEquals(ours, theirs).ShouldBeTrue($"{name}\nours:   {ours.ToJsonString()}\ntheirs: {theirs.ToJsonString()}");
    }

    [Fact]
    public async Task Every_intended_difference_is_still_one()
    {
        var needed = new HashSet<string>();
        foreach (var request in OracleRequests.All)
        {
            var (ours, theirs) = await servers.AskAsync(request);
            var concerned = IntendedDifferences.All.Where(d => d.Concerns(request)).ToList();
            foreach (var difference in concerned.Where(d => !needed.Contains(d.Name)))
            {
                var (left, right) = (ours.DeepClone().AsObject(), theirs.DeepClone().AsObject());
                foreach (var other in concerned.Where(d => d != difference))
                {
                    other.Level(left);
                    other.Level(right);
                }
                if (!JsonNode.DeepEquals(left, right))
                    needed.Add(difference.Name);
            }
        }
        IntendedDifferences.All.Select(d => d.Name).Where(n => !needed.Contains(n)).ShouldBeEmpty();
        IntendedDifferences.All.ShouldAllBe(d => d.Reason.Length > 40);
    }
}
