using BenchmarkDotNet.Running;
using Granary.Bench.Micro;

BenchmarkSwitcher.FromAssembly(typeof(MicroConfig).Assembly).Run(args, new MicroConfig());
