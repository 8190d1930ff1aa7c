using Granary.Simulator.Api;
using Granary.Simulator.Applications;
using Granary.Simulator.Automation;
using Granary.Simulator.Beacons;
using Granary.Simulator.Config;
using Granary.Simulator.Events;
using Granary.Simulator.Infrastructure;
using Granary.Simulator.Logs;
using Granary.Simulator.Releases;
using Granary.Simulator.Slo;
using Granary.Simulator.Synthetics;
using Granary.Simulator.World;

namespace Granary.Simulator.Backend;

/// <summary>Everything that is simulated, over one world.</summary>
internal static class SimulatedBackend
{
    public static ApiHandlers Make(SimulatedWorld world, TimeProvider time)
    {
        var on = new ApiHandlers();
        SystemEndpoints.Register(on, time);
        new EventEndpoints(world).Register(on);
        new ApplicationEndpoints(world).Register(on);
        var analysis = new CallAnalysis(world);
        analysis.Register(on);
        new Traces(world, analysis).Register(on);
        new EntityAnalysis(world).Register(on);
        new SnapshotEndpoints(world).Register(on);
        new BeaconEndpoints(world, isMobile: false).Register(on);
        new BeaconEndpoints(world, isMobile: true).Register(on);
        var families = ConfigFamilies.All(() => world.Now).Select(family => (family.Path, Endpoints: new ConfigEndpoints(family, world)))
            .ToDictionary(one => one.Path, one => one.Endpoints);
        foreach (var family in families.Values)
            family.Register(on);
        new SettingsExtras(families, world).Register(on);
        new SloEndpoints(world, families["/api/settings/slo"].Store, families["/api/settings/correction"].Store).Register(on);
        new SyntheticEndpoints(world, families["/api/synthetics/settings/tests"].Store).Register(on);
        new AutomationEndpoints(world).Register(on);
        new ReleaseEndpoints(world).Register(on);
        new LogEndpoints(world).Register(on);
        return on;
    }
}
