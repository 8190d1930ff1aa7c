using System.Text.Json;
using Granary.Simulator.Contract;
using Granary.Simulator.Setup;
using Granary.Simulator.Tests.Support;

namespace Granary.Simulator.Tests.Answers;

/// <summary>The simulator's own answers against the vendor's document.</summary>
public class DocumentedShapeTests
{
    /// <summary>What backends send and the document leaves out: it shows pages in its examples and not in its schemas.</summary>
    private static readonly string[] Undocumented =
    [
        "POST /api/synthetics/metrics: $.page is unknown", "POST /api/synthetics/metrics: $.pageSize is unknown",
        "POST /api/synthetics/metrics: $.totalHits is unknown",
        "POST /api/synthetics/results: $.page is unknown", "POST /api/synthetics/results: $.pageSize is unknown",
        "POST /api/synthetics/results: $.totalHits is unknown",
        "GET /api/settings/v2/maintenance/mw-2: $.invalid is unknown",
    ];

    [OpenApiFact]
    public async Task Every_answer_has_the_documented_shape_and_every_request_is_allowed()
    {
        var api = OpenApi.Load();
        var newer = OpenApi.Load(OpenApi.Overlay);
        var contract = new OpenApiDocument(OpenApi.Path!, OpenApi.Overlay).Read();
        await using var simulator = await Running.StartAsync(new SimulatorOptions { OpenApi = OpenApi.Path, Overlay = OpenApi.Overlay });
        var wrong = new List<string>();
        foreach (var (method, path, body) in SampleRequests.Good)
        {
            using var response = await simulator.SendAsync(new HttpMethod(method), path, body, ("authorization", "apiToken t"));
            var text = await response.Content.ReadAsStringAsync();
            var (route, _, _) = contract.Find(method, path.Split('?')[0]);
            if (!response.IsSuccessStatusCode || route is null)
                wrong.Add($"{method} {path}: {(int)response.StatusCode} {text[..Math.Min(300, text.Length)]}");
            else if ((newer.Has(route.Template) ? newer : api) is var holder && holder.TryResponse(route.Template, method.ToLowerInvariant(), $"{(int)response.StatusCode}") is { } schema)
            {
                using var document = JsonDocument.Parse(text);
                wrong.AddRange(holder.Differences(document.RootElement, schema).Distinct().Take(5).Select(difference => $"{method} {path}: {difference}"));
            }
        }
        wrong.Except(Undocumented).ShouldBeEmpty();
        simulator.Host.Violations.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_document_the_same_requests_are_allowed()
    {
        await using var simulator = await Running.StartAsync();
        var wrong = new List<string>();
        foreach (var (method, path, body) in SampleRequests.Good)
        {
            using var response = await simulator.SendAsync(new HttpMethod(method), path, body, ("authorization", "apiToken t"));
            if (!response.IsSuccessStatusCode)
                wrong.Add($"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
        wrong.ShouldBeEmpty();
        simulator.Host.Violations.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_same_seed_and_clock_give_the_same_bytes()
    {
        await using var one = await Running.StartAsync(new SimulatorOptions { Seed = 5 });
        await using var two = await Running.StartAsync(new SimulatorOptions { Seed = 5 });
        foreach (var (method, path, body) in SampleRequests.Good)
        {
            using var first = await one.SendAsync(new HttpMethod(method), path, body, ("authorization", "apiToken t"));
            using var second = await two.SendAsync(new HttpMethod(method), path, body, ("authorization", "apiToken t"));
            (await second.Content.ReadAsByteArrayAsync()).ShouldBe(await first.Content.ReadAsByteArrayAsync(), $"{method} {path}");
        }
    }
}
