using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Simulator.Api;
using Granary.Simulator.World;

namespace Granary.Simulator.Synthetics;

/// <summary>One run of a test at a location.</summary>
internal sealed record Run(string TestId, string LocationId, long Time, bool IsSuccess, long ResponseTime)
{
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{TestId}.{LocationId}.{Time:x}");
}

/// <summary>The runs of a test: every so many minutes at each of its locations, failed where the service that it checks fails.</summary>
internal sealed class Runs(SimulatedWorld world)
{
    public IEnumerable<Run> Of(JsonObject test, long from, long to)
    {
        var step = Math.Max(1, test.Number("testFrequency") ?? 15) * Measures.Minute;
        var id = test.Text("id")!;
        var locations = test.Items("locations").Select(one => one.ToString())
            .Where(one => SyntheticTests.Locations.FirstOrDefault(known => known.Id == one).Status == "Online").ToList();
        if (test["active"]?.ToString() == "false")
            yield break;
        for (var time = (from + step - 1) / step * step; time < Math.Min(to, world.Now); time += step)
        {
            var failing = SyntheticTests.ServiceOf.TryGetValue(id, out var service) && world.Measures.Value(service, "errors", time) > Measures.ErrorThreshold;
            foreach (var location in locations)
            {
                var dice = new Dice(world.Seed + (ulong)id[^1] + ((ulong)location[^1] << 8), (ulong)(time / Measures.Minute));
                yield return new Run(id, location, time, !failing && !dice.Chance(1), 120 + dice.Below(400));
            }
        }
    }
}
