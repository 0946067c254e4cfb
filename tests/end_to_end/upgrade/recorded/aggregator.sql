CREATE SCHEMA qcdc;


CREATE FUNCTION qcdc.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'what was signed is never changed';
END $$;


SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE qcdc.announced_total (
    province text NOT NULL COLLATE pg_catalog."C",
    form text NOT NULL COLLATE pg_catalog."C",
    period text NOT NULL COLLATE pg_catalog."C",
    owing text NOT NULL
);


CREATE TABLE qcdc.dead_letter (
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    reason text NOT NULL,
    key bytea,
    value bytea,
    appended_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL
);


CREATE TABLE qcdc.directory_entity (
    key text NOT NULL,
    content text NOT NULL
);


CREATE TABLE qcdc.directory_incoming (
    key text NOT NULL,
    content text
);


CREATE TABLE qcdc.directory_revision (
    id bigint NOT NULL,
    revision integer NOT NULL,
    base integer NOT NULL,
    entities integer NOT NULL,
    checksum text NOT NULL,
    document text NOT NULL,
    published_at timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    refused text
);


ALTER TABLE qcdc.directory_revision ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME qcdc.directory_revision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE qcdc.dirty_total (
    province text NOT NULL COLLATE pg_catalog."C",
    form text NOT NULL COLLATE pg_catalog."C",
    period text NOT NULL COLLATE pg_catalog."C",
    version bigint DEFAULT 1 NOT NULL,
    marked_at timestamp with time zone DEFAULT now() NOT NULL
);


CREATE TABLE qcdc.migration (
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);


CREATE TABLE qcdc.outbox (
    id bigint NOT NULL,
    topic text NOT NULL,
    partition integer,
    key bytea,
    headers text[] NOT NULL,
    body bytea NOT NULL,
    written_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE qcdc.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME qcdc.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


CREATE TABLE qcdc."position" (
    stream text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    next_offset bigint NOT NULL,
    unreadable_in_a_row integer DEFAULT 0 NOT NULL,
    moved_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT position_next_offset_check CHECK ((next_offset >= 0))
);


CREATE TABLE qcdc.report (
    unit text NOT NULL COLLATE pg_catalog."C",
    form text NOT NULL COLLATE pg_catalog."C",
    period text NOT NULL COLLATE pg_catalog."C",
    revision integer NOT NULL,
    form_version integer NOT NULL,
    province text NOT NULL COLLATE pg_catalog."C",
    areas text[] NOT NULL,
    unit_type text NOT NULL,
    figures bigint[],
    at_least integer[],
    about integer[],
    on_time boolean,
    due_at timestamp with time zone,
    first_received_at timestamp with time zone,
    received_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone NOT NULL,
    superseded_at timestamp with time zone,
    source text NOT NULL,
    submission_id text NOT NULL,
    rejudged text,
    CONSTRAINT report_check CHECK (((figures IS NULL) OR ((on_time IS NOT NULL) AND (due_at IS NOT NULL) AND (first_received_at IS NOT NULL)))),
    CONSTRAINT report_revision_check CHECK ((revision > 0))
);


CREATE TABLE qcdc.restatement (
    unit text NOT NULL COLLATE pg_catalog."C",
    form text NOT NULL COLLATE pg_catalog."C",
    period text NOT NULL COLLATE pg_catalog."C",
    document text NOT NULL,
    number integer NOT NULL,
    state text NOT NULL,
    told_at timestamp with time zone DEFAULT now() NOT NULL,
    told text NOT NULL,
    CONSTRAINT restatement_number_check CHECK ((number > 0))
);


CREATE TABLE qcdc.snapshot (
    unit text NOT NULL COLLATE pg_catalog."C",
    form text NOT NULL COLLATE pg_catalog."C",
    period text NOT NULL COLLATE pg_catalog."C",
    document text NOT NULL,
    province text NOT NULL COLLATE pg_catalog."C",
    closed_at timestamp with time zone NOT NULL,
    checksum text NOT NULL,
    signed text NOT NULL
);


CREATE TABLE qcdc.total (
    area text NOT NULL COLLATE pg_catalog."C",
    form text NOT NULL COLLATE pg_catalog."C",
    period text NOT NULL COLLATE pg_catalog."C",
    unit_type text NOT NULL COLLATE pg_catalog."C",
    sums bigint[] NOT NULL,
    reporting integer[] NOT NULL,
    at_least integer[],
    about integer[],
    reports integer NOT NULL,
    on_time integer NOT NULL,
    late integer NOT NULL,
    CONSTRAINT total_check CHECK (((on_time + late) = reports)),
    CONSTRAINT total_reports_check CHECK ((reports > 0))
)
WITH (fillfactor='50');


INSERT INTO qcdc.announced_total VALUES
	('97.1', 'F05', 'cal.2023-M01', '544ceac45881614a1c5f0d00ce3fc9a2a2c189276bc689d5614cd161b252f740'),
	('97.1', 'F05', 'cal.2023-M02', '544ceac45881614a1c5f0d00ce3fc9a2a2c189276bc689d5614cd161b252f740'),
	('97.1', 'F05', 'cal.2023-M05', '544ceac45881614a1c5f0d00ce3fc9a2a2c189276bc689d5614cd161b252f740'),
	('97.1', 'F05', 'cal.2023-Q1', '544ceac45881614a1c5f0d00ce3fc9a2a2c189276bc689d5614cd161b252f740'),
	('97.1', 'F05', 'cal.2023-Q2', '544ceac45881614a1c5f0d00ce3fc9a2a2c189276bc689d5614cd161b252f740'),
	('98.1', 'F05', 'cal.2023-Q2', 'eb0cd1d16c1acf2b63d68880d1e26d88378c0a472204b13455049c15e5e1febd'),
	('98.1', 'F05', 'cal.2023-Q3', '916a3d20451ac62468cf7fc46ee8ffdef62c9f7b4e08ecb8929d85fa0d9dd627');


INSERT INTO qcdc.dead_letter VALUES
	('qcdc.reports.v1', 0, 16, 'unreadable', '\x39372e31', '\x7b', '2026-12-01 00:54:28.566+00', '2026-12-01 00:54:28.569217+00');


INSERT INTO qcdc.directory_entity VALUES
	('calendar', '{"days_off":["2016-01-01","2016-02-07","2016-02-08","2016-02-09","2016-02-10","2016-02-11","2016-02-12","2016-04-16","2016-04-18","2016-04-30","2016-05-01","2016-05-02","2016-05-03","2016-09-02","2017-01-01","2017-01-02","2017-01-26","2017-01-27","2017-01-28","2017-01-29","2017-01-30","2017-01-31","2017-02-01","2017-04-06","2017-04-30","2017-05-01","2017-05-02","2017-09-02","2017-09-04","2018-01-01","2018-02-14","2018-02-15","2018-02-16","2018-02-17","2018-02-18","2018-02-19","2018-02-20","2018-04-25","2018-04-30","2018-05-01","2018-09-02","2018-09-03","2018-12-31","2019-01-01","2019-02-04","2019-02-05","2019-02-06","2019-02-07","2019-02-08","2019-04-14","2019-04-15","2019-04-29","2019-04-30","2019-05-01","2019-09-02","2020-01-01","2020-01-23","2020-01-24","2020-01-25","2020-01-26","2020-01-27","2020-01-28","2020-01-29","2020-04-02","2020-04-30","2020-05-01","2020-09-02","2021-01-01","2021-02-10","2021-02-11","2021-02-12","2021-02-13","2021-02-14","2021-02-15","2021-02-16","2021-04-21","2021-04-30","2021-05-01","2021-05-03","2021-09-02","2021-09-03","2022-01-01","2022-01-03","2022-01-31","2022-02-01","2022-02-02","2022-02-03","2022-02-04","2022-04-10","2022-04-11","2022-04-30","2022-05-01","2022-05-02","2022-05-03","2022-09-01","2022-09-02","2023-01-01","2023-01-02","2023-01-20","2023-01-21","2023-01-22","2023-01-23","2023-01-24","2023-01-25","2023-01-26","2023-04-29","2023-04-30","2023-05-01","2023-05-02","2023-05-03","2023-09-01","2023-09-02","2023-09-04","2024-01-01","2024-02-08","2024-02-09","2024-02-10","2024-02-11","2024-02-12","2024-02-13","2024-02-14","2024-04-18","2024-04-29","2024-04-30","2024-05-01","2024-09-02","2024-09-03","2025-01-01","2025-01-27","2025-01-28","2025-01-29","2025-01-30","2025-01-31","2025-02-01","2025-04-07","2025-04-30","2025-05-01","2025-05-02","2025-09-01","2025-09-02","2026-01-01","2026-01-02","2026-02-16","2026-02-17","2026-02-18","2026-02-19","2026-02-20","2026-04-26","2026-04-27","2026-04-30","2026-05-01","2026-08-31","2026-09-01","2026-09-02","2026-11-24","2027-01-01","2027-02-04","2027-02-05","2027-02-06","2027-02-07","2027-02-08","2027-02-09","2027-02-10","2027-04-16","2027-04-30","2027-05-01","2027-05-03","2027-09-02","2027-09-03","2027-11-24","2028-01-01","2028-01-03","2028-01-24","2028-01-25","2028-01-26","2028-01-27","2028-01-28","2028-01-29","2028-04-04","2028-04-30","2028-05-01","2028-05-02","2028-09-01","2028-09-02","2028-09-04","2028-11-24","2029-01-01","2029-02-12","2029-02-13","2029-02-14","2029-02-15","2029-02-16","2029-04-23","2029-04-30","2029-05-01","2029-09-02","2029-09-03","2029-09-04","2029-11-24","2029-11-26","2030-01-01","2030-01-31","2030-02-01","2030-02-02","2030-02-03","2030-02-04","2030-02-05","2030-02-06","2030-04-12","2030-04-30","2030-05-01","2030-09-02","2030-09-03","2030-11-24","2030-11-25","2031-01-01","2031-01-21","2031-01-22","2031-01-23","2031-01-24","2031-01-25","2031-01-26","2031-01-27","2031-04-01","2031-04-30","2031-05-01","2031-09-01","2031-09-02","2031-11-24"],"days_worked":["2019-01-05","2019-05-04","2024-05-04","2025-04-26","2026-01-10","2026-08-22"],"first":"2016-01-01","last":"2031-12-31"}'),
	('regime/cal', '{"code":"cal","label_vi":"Kỳ báo cáo theo tháng dương lịch","rules":[{"code":"cal.5wd","hour":"17:00","level":null,"source":"Mặc định của hệ thống: năm ngày làm việc để kịp tổng hợp qua các cấp; chưa thấy văn bản quy định","state":"default","valid_from":"2017-01-01","valid_to":null,"working_days_after_close":5}]}'),
	('regime/nd09', '{"code":"nd09","label_vi":"Chế độ báo cáo định kỳ theo Nghị định 09/2019/NĐ-CP","rules":[{"code":"nd09.2wd","hour":"17:00","level":null,"source":"Khánh Hòa, Quyết định 01/2023/QĐ-UBND, Điều 4; Nghị định 09/2019/NĐ-CP, Điều 8(5)b","state":"custom","valid_from":"2017-01-01","valid_to":null,"working_days_after_close":2}]}'),
	('unit/97.1', '{"level":"province","predecessors":[],"states":[{"name":"Tỉnh Mẫu Một","official_code":"97","parent":null,"type":"tinh","valid_from":null,"valid_to":null}],"unit":"97.1"}'),
	('unit/97001.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 97001","official_code":"97001","parent":"97.1","type":"xa","valid_from":null,"valid_to":null}],"unit":"97001.1"}'),
	('unit/97002.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 97002","official_code":"97002","parent":"97.1","type":"xa","valid_from":null,"valid_to":null}],"unit":"97002.1"}'),
	('unit/97003.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 97003","official_code":"97003","parent":"97.1","type":"xa","valid_from":null,"valid_to":null}],"unit":"97003.1"}'),
	('unit/97004.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 97004","official_code":"97004","parent":"97.1","type":"xa","valid_from":null,"valid_to":null}],"unit":"97004.1"}'),
	('unit/97005.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 97005","official_code":"97005","parent":"97.1","type":"xa","valid_from":null,"valid_to":null}],"unit":"97005.1"}'),
	('unit/98.1', '{"level":"province","predecessors":[],"states":[{"name":"Tỉnh Mẫu Hai","official_code":"98","parent":null,"type":"tinh","valid_from":null,"valid_to":null}],"unit":"98.1"}'),
	('unit/98001.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 98001","official_code":"98001","parent":"98.1","type":"xa","valid_from":null,"valid_to":"2023-06-30"}],"unit":"98001.1"}'),
	('unit/98002.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 98002","official_code":"98002","parent":"98.1","type":"xa","valid_from":null,"valid_to":"2023-06-30"}],"unit":"98002.1"}'),
	('unit/98003.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 98003","official_code":"98003","parent":"98.1","type":"xa","valid_from":null,"valid_to":"2023-06-30"}],"unit":"98003.1"}'),
	('unit/98009.2', '{"level":"commune","predecessors":[{"decision":"Nghị quyết gộp","effective_on":"2023-07-01","kind":"whole","unit":"98001.1","verified":true},{"decision":"Nghị quyết gộp","effective_on":"2023-07-01","kind":"whole","unit":"98002.1","verified":true},{"decision":"Nghị quyết gộp","effective_on":"2023-07-01","kind":"whole","unit":"98003.1","verified":true}],"states":[{"name":"Xã mẫu 98009","official_code":"98009","parent":"98.1","type":"xa","valid_from":"2023-07-01","valid_to":null}],"unit":"98009.2"}'),
	('unit/99.1', '{"level":"province","predecessors":[],"states":[{"name":"Tỉnh Mẫu Ba","official_code":"99","parent":null,"type":"tinh","valid_from":null,"valid_to":null}],"unit":"99.1"}'),
	('unit/99001.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 99001","official_code":"99001","parent":"99.1","type":"xa","valid_from":null,"valid_to":null}],"unit":"99001.1"}'),
	('committee/mau-mot', '{"area":"97.1","contacts":[],"demands":[{"deadline":"chậm nhất ngày 31/12/2099","document":"Công văn cal.2023-M01","due_at":null,"form":"F05","period":"cal.2023-M01"},{"deadline":"chậm nhất ngày 10/03/2023","document":"Công văn cal.2023-M02","due_at":null,"form":"F05","period":"cal.2023-M02"},{"deadline":"chậm nhất ngày 10/04/2023","document":"Công văn cal.2023-M03","due_at":null,"form":"F05","period":"cal.2023-M03"},{"deadline":"chậm nhất ngày 10/06/2023","document":"Công văn cal.2023-M05","due_at":null,"form":"F05","period":"cal.2023-M05"}],"extensions":[{"deadline":"chậm nhất ngày 31/12/2099","document":"Công văn gia hạn cal.2023-M03","due_at":null,"form":"F05","period":"cal.2023-M03","units":["97001.1","97002.1"]},{"deadline":"chậm nhất ngày 31/12/2099","document":"Công văn gia hạn cal.2023-M05","due_at":null,"form":"F05","period":"cal.2023-M05","units":[]}],"key":"mau-mot","letter_style":"party","name_vi":"Ban Chỉ đạo mau-mot","programmes":["dan_van_kheo"],"roles":[{"decision":"","email":"mau-mot@example.vn","name":"Trần Văn Mẫu","role":"can_bo_dau_moi","valid_from":null,"valid_to":null}],"standing_agencies":[],"valid_from":null,"valid_to":null}'),
	('unit/97006.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã mẫu 97006","official_code":"97006","parent":"97.1","type":"xa","valid_from":null,"valid_to":"2023-06-30"},{"name":"Xã đổi tên","official_code":"97006","parent":"97.1","type":"xa","valid_from":"2023-07-01","valid_to":null}],"unit":"97006.1"}'),
	('committee/mau-hai', '{"area":"98.1","contacts":[],"demands":[{"deadline":"chậm nhất ngày 10/03/2023","document":"Công văn cal.2023-M02","due_at":null,"form":"F05","period":"cal.2023-M02"}],"extensions":[],"key":"mau-hai","letter_style":"party","name_vi":"Ban Chỉ đạo mau-hai","programmes":["dan_van_kheo"],"roles":[{"decision":"","email":"mau-hai@example.vn","name":"Trần Văn Mẫu","role":"can_bo_dau_moi","valid_from":null,"valid_to":null}],"standing_agencies":[],"valid_from":null,"valid_to":null}');


INSERT INTO qcdc.directory_incoming VALUES
	('unit/97005.1', '{"level":"commune","predecessors":[],"states":[{"name":"Xã dở dang 97005","official_code":"97005","parent":"97.1","type":"xa","valid_from":null,"valid_to":null}],"unit":"97005.1"}');


INSERT INTO qcdc.directory_revision OVERRIDING SYSTEM VALUE VALUES
	(1, 1, 0, 17, '18fa7b56695a4929b478d6f6666e2b7ff4951e9bd49c892cfc599a9214652b62', 'tools/line', '2026-12-01 00:54:21.056338+00', '2026-12-01 00:54:22.602382+00', NULL),
	(2, 2, 1, 18, '2170d3b150cce98c004455b743c081b46f54d06eb978268600fe74b9b9a0599f', 'committees', '2026-12-01 00:54:24.356986+00', '2026-12-01 00:54:24.462518+00', NULL),
	(3, 3, 2, 18, 'e89dbf31acf3c5de3a0e124fe7e2737815f58e29946f0faaa50a2aeafc877ba6', 'committees', '2026-12-01 00:54:28.695239+00', '2026-12-01 00:54:28.746878+00', NULL),
	(4, 4, 3, 18, '6ab778cfaea2a05aaaf0f64992e85f5187372e7ef421e0a3ed5c3fca13fbd98e', 'committees', '2026-12-01 00:54:28.695239+00', '2026-12-01 00:54:29.461679+00', 'is incomplete: 18 entities were read, 18 are meant, or some are others than were meant'),
	(5, 5, 3, 18, '5b221bf38701ec2c43ad111913a5a7f0fcba2a74bd25aa308c0a75cbbcf896cc', 'renamed', '2026-12-01 00:54:29.47917+00', '2026-12-01 00:54:29.529087+00', NULL),
	(6, 6, 5, 19, '62b91b4c0a9dcd8d4429237e926a13dd3de3e4cddde037837416abe41d3b1a00', 'second', '2026-12-01 00:54:31.429392+00', '2026-12-01 00:54:31.458448+00', NULL);




INSERT INTO qcdc.migration VALUES
	('plumbing/0001_plumbing', 'aefb0d48185746f4e79865561433ab5b9bd23e8e4aaac862fb8d27941cb8a600', '2026-12-01 00:54:20.843046+00'),
	('plumbing/0002_directory', '00c69cf044a12aebcbf9a0919f0ba3ad0100550b4fffc99bc5317f5df00b031c', '2026-12-01 00:54:20.859149+00'),
	('service/0001_ledger', '49d4639d44c584b6e08bce663260261fc4f5ea612a7f4ccde06c17a80e5c5ced', '2026-12-01 00:54:20.8714+00'),
	('service/0002_snapshot', 'd6628ae32fc35dd008a66bb3783a14b9bfe8b4419d064b55a354dcbe05ea53d3', '2026-12-01 00:54:20.887846+00');




INSERT INTO qcdc."position" VALUES
	('aggregator', 'qcdc.reports.v1', 1, 4, 0, '2026-12-01 00:54:28.290816+00'),
	('aggregator', 'qcdc.reports.v1', 0, 19, 0, '2026-12-01 00:54:30.727385+00'),
	('aggregator-directory', 'qcdc.directory.v1', 0, 28, 0, '2026-12-01 00:54:33.585756+00');


INSERT INTO qcdc.report VALUES
	('97006.1', 'F05', 'cal.2023-M01', 1, 1, '97.1', '{97.1}', 'xa', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, true, '2099-12-31 17:00:00+00', '2026-12-01 00:54:24.521985+00', '2026-12-01 00:54:24.521985+00', '2026-12-01 00:54:24.521985+00', '2026-12-01 00:54:24.603896+00', 'nghiem-thu', 'nt-1', NULL),
	('97006.1', 'F05', 'cal.2023-M01', 2, 1, '97.1', '{97.1}', 'xa', NULL, NULL, NULL, NULL, NULL, NULL, '2026-12-01 00:54:24.603896+00', '2026-12-01 00:54:24.603896+00', NULL, 'nghiem-thu', '9c8e162b-95b7-5de2-8a04-c67150d69f69', NULL),
	('97001.1', 'F05', 'cal.2023-M01', 1, 1, '97.1', '{97.1}', 'xa', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,10,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, true, '2099-12-31 17:00:00+00', '2026-12-01 00:54:27.245513+00', '2026-12-01 00:54:27.245513+00', '2026-12-01 00:54:27.245513+00', '2026-12-01 00:54:27.36207+00', 'nghiem-thu', 'm1-1', NULL),
	('97001.1', 'F05', 'cal.2023-M01', 2, 1, '97.1', '{97.1}', 'xa', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,12,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, true, '2099-12-31 17:00:00+00', '2026-12-01 00:54:27.245513+00', '2026-12-01 00:54:27.36207+00', '2026-12-01 00:54:27.36207+00', NULL, 'nghiem-thu', 'm1-1-corrected', NULL),
	('97005.1', 'F05', 'cal.2023-M01', 1, 1, '97.1', '{97.1}', 'xa', '{125050,NULL,320,11,NULL,NULL,NULL,NULL,NULL,NULL,4,3,1,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,15,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', '{2}', NULL, true, '2099-12-31 17:00:00+00', '2026-12-01 00:54:27.510009+00', '2026-12-01 00:54:27.510009+00', '2026-12-01 00:54:27.510009+00', NULL, 'nghiem-thu', 'm1-5', NULL),
	('97003.1', 'F05', 'cal.2023-M01', 1, 1, '97.1', '{97.1}', 'xa', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,30,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, true, '2099-12-31 17:00:00+00', '2026-12-01 00:54:27.438+00', '2026-12-01 00:54:27.438+00', '2026-12-01 00:54:27.438+00', '2026-12-01 00:54:27.443+00', 'nghiem-thu', 'm1-3', NULL),
	('97003.1', 'F05', 'cal.2023-M01', 2, 1, '97.1', '{97.1}', 'xa', NULL, NULL, NULL, NULL, NULL, NULL, '2026-12-01 00:54:27.443+00', '2026-12-01 00:54:27.443+00', NULL, 'nghiem-thu', 'm1-3-withdrawn', NULL),
	('97001.1', 'F05', 'cal.2023-M02', 1, 1, '97.1', '{97.1}', 'xa', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, false, '2023-03-10 17:00:00+00', '2026-12-01 00:54:27.702978+00', '2026-12-01 00:54:27.702978+00', '2026-12-01 00:54:27.702978+00', NULL, 'nghiem-thu', 'm2-1', NULL),
	('97002.1', 'F05', 'cal.2023-M02', 1, 1, '97.1', '{97.1}', 'xa', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, false, '2023-03-10 17:00:00+00', '2026-12-01 00:54:27.73+00', '2026-12-01 00:54:27.73+00', '2026-12-01 00:54:27.73+00', NULL, 'nghiem-thu', 'm2-2', NULL),
	('97003.1', 'F05', 'cal.2023-Q2', 1, 1, '97.1', '{97.1}', 'xa', '{NULL,NULL,NULL,12,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,13,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, false, '2023-07-07 10:00:00+00', '2026-12-01 00:54:28.067062+00', '2026-12-01 00:54:28.067062+00', '2026-12-01 00:54:28.067062+00', NULL, 'nghiem-thu', 'q2', NULL),
	('97003.1', 'F05', 'cal.2023-Q1', 1, 1, '97.1', '{97.1}', 'xa', '{NULL,NULL,NULL,10,NULL,NULL,NULL,NULL,NULL,NULL,2,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,12,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, false, '2023-04-07 10:00:00+00', '2026-12-01 00:54:28.024162+00', '2026-12-01 00:54:28.024162+00', '2026-12-01 00:54:28.024162+00', '2026-12-01 00:54:28.102958+00', 'nghiem-thu', 'q1', NULL),
	('97003.1', 'F05', 'cal.2023-Q1', 2, 1, '97.1', '{97.1}', 'xa', '{NULL,NULL,NULL,10,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,11,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, false, '2023-04-07 10:00:00+00', '2026-12-01 00:54:28.024162+00', '2026-12-01 00:54:28.102958+00', '2026-12-01 00:54:28.102958+00', NULL, 'nghiem-thu', 'q1-corrected', NULL),
	('98001.1', 'F05', 'cal.2023-Q2', 1, 1, '98.1', '{98.1}', 'xa', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,10,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, false, '2023-07-07 10:00:00+00', '2026-12-01 00:54:28.132911+00', '2026-12-01 00:54:28.132911+00', '2026-12-01 00:54:28.132911+00', NULL, 'nghiem-thu', 'last-98001.1', NULL),
	('98002.1', 'F05', 'cal.2023-Q2', 1, 1, '98.1', '{98.1}', 'xa', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,20,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, false, '2023-07-07 10:00:00+00', '2026-12-01 00:54:28.162698+00', '2026-12-01 00:54:28.162698+00', '2026-12-01 00:54:28.162698+00', NULL, 'nghiem-thu', 'last-98002.1', NULL),
	('98003.1', 'F05', 'cal.2023-Q2', 1, 1, '98.1', '{98.1}', 'xa', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,5,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, false, '2023-07-07 10:00:00+00', '2026-12-01 00:54:28.194504+00', '2026-12-01 00:54:28.194504+00', '2026-12-01 00:54:28.194504+00', NULL, 'nghiem-thu', 'last-98003.1', NULL),
	('98009.2', 'F05', 'cal.2023-Q3', 1, 1, '98.1', '{98.1}', 'xa', '{NULL,NULL,NULL,35,NULL,NULL,NULL,NULL,NULL,NULL,5,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,40,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, false, '2023-10-06 10:00:00+00', '2026-12-01 00:54:28.274107+00', '2026-12-01 00:54:28.274107+00', '2026-12-01 00:54:28.274107+00', NULL, 'nghiem-thu', 'first', NULL),
	('97002.1', 'F05', 'cal.2023-M01', 1, 1, '97.1', '{97.1}', 'xa', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,20,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, true, '2099-12-31 17:00:00+00', '2026-12-01 00:54:27.422+00', '2026-12-01 00:54:27.422+00', '2026-12-01 00:54:27.422+00', '2026-12-01 00:54:28.364+00', 'nghiem-thu', 'm1-2', NULL),
	('97002.1', 'F05', 'cal.2023-M01', 2, 1, '97.1', '{97.1}', 'xa', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,25,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, true, '2099-12-31 17:00:00+00', '2026-12-01 00:54:27.422+00', '2026-12-01 00:54:28.364+00', '2026-12-01 00:54:28.364+00', NULL, 'nghiem-thu', 'm1-2-corrected', NULL),
	('97001.1', 'F05', 'cal.2023-M05', 1, 1, '97.1', '{97.1}', 'xa', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,3,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, false, '2023-06-10 17:00:00+00', '2026-12-01 00:54:27.911514+00', '2026-12-01 00:54:27.911514+00', '2026-12-01 00:54:27.911514+00', '2026-12-01 00:54:30.375115+00', 'nghiem-thu', 'm3-1', NULL),
	('97002.1', 'F05', 'cal.2023-M05', 1, 1, '97.1', '{97.1}', 'xa', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,3,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, false, '2023-06-10 17:00:00+00', '2026-12-01 00:54:27.949+00', '2026-12-01 00:54:27.949+00', '2026-12-01 00:54:27.949+00', '2026-12-01 00:54:30.375115+00', 'nghiem-thu', 'm3-2', NULL),
	('97001.1', 'F05', 'cal.2023-M05', 2, 1, '97.1', '{97.1}', 'xa', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,3,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, true, '2099-12-31 17:00:00+00', '2026-12-01 00:54:27.911514+00', '2026-12-01 00:54:27.911514+00', '2026-12-01 00:54:30.375115+00', NULL, 'nghiem-thu', 'm3-1', 'Công văn phúc tra'),
	('97002.1', 'F05', 'cal.2023-M05', 2, 1, '97.1', '{97.1}', 'xa', '{NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,3,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL}', NULL, NULL, true, '2099-12-31 17:00:00+00', '2026-12-01 00:54:27.949+00', '2026-12-01 00:54:27.949+00', '2026-12-01 00:54:30.375115+00', NULL, 'nghiem-thu', 'm3-2', 'Công văn phúc tra');


INSERT INTO qcdc.restatement VALUES
	('97.1', 'F05', 'cal.2023-M01', 'Biên bản chốt số liệu', 1, '6ca73ab1-4c7b-518e-bee6-db96c0690771', '2026-12-01 00:54:28.410074+00', '{"event_id":"e6e7e53e-a432-5c80-8342-3dc3663f8342","occurred_at":"2026-12-01T00:54:28.364000Z","province":"97.1","unit":"97.1","form":"F05","period":"cal.2023-M01","document":"Biên bản chốt số liệu","checksum":"576151ee8fad8ef7630d345f502b5708ed10d35eb29f34f38769ec2f44a59628","closed_at":"2026-12-01T00:54:28.333767Z","number":1,"watermark":"2026-12-01T00:54:28.364000Z","coverage_before":{"expected":6,"reported":3,"on_time":3,"late":0,"missing":3},"coverage_after":{"expected":6,"reported":3,"on_time":3,"late":0,"missing":3},"changes":[{"indicator":"dvk_models_total","split":{},"before":47,"before_display":"47","after":52,"after_display":"52"}]}');


INSERT INTO qcdc.snapshot VALUES
	('97.1', 'F05', 'cal.2023-M01', 'Biên bản chốt số liệu', '97.1', '2026-12-01 00:54:28.333767+00', '576151ee8fad8ef7630d345f502b5708ed10d35eb29f34f38769ec2f44a59628', '{"closed_at":"2026-12-01T00:54:28.333767+00:00","coverage":{"expected":6,"late":0,"missing":3,"on_time":3,"reported":3},"document":"Biên bản chốt số liệu","figures":[{"display":"1.250,5","expected":6,"indicator":"land_donated_m2","out_of":null,"period":null,"qualifier":"exact","reported_by":1,"reported_in_full":1,"split":{},"unit_of_measure":"m2","value":"1250.50"},{"display":"–","expected":6,"indicator":"contributions_vnd","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{},"unit_of_measure":"đồng","value":null},{"display":"hơn 320","expected":6,"indicator":"work_days","out_of":null,"period":null,"qualifier":"at_least","reported_by":1,"reported_in_full":1,"split":{},"unit_of_measure":"ngày công","value":320},{"display":"11","expected":6,"indicator":"dvk_models_opening","out_of":null,"period":null,"qualifier":"exact","reported_by":1,"reported_in_full":1,"split":{},"unit_of_measure":"mô hình","value":11},{"display":"–","expected":6,"indicator":"dvk_models_opening","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"kinh_te"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_opening","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"van_hoa_xa_hoi"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_opening","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"quoc_phong_an_ninh"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_opening","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"he_thong_chinh_tri"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_opening","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"nong_thon_moi"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_opening","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"khong_phan_loai"},"unit_of_measure":"mô hình","value":null},{"display":"4","expected":6,"indicator":"dvk_models_new","out_of":null,"period":null,"qualifier":"exact","reported_by":1,"reported_in_full":1,"split":{},"unit_of_measure":"mô hình","value":4},{"display":"3","expected":6,"indicator":"dvk_models_new","out_of":null,"period":null,"qualifier":"exact","reported_by":1,"reported_in_full":1,"split":{"field":"kinh_te"},"unit_of_measure":"mô hình","value":3},{"display":"1","expected":6,"indicator":"dvk_models_new","out_of":null,"period":null,"qualifier":"exact","reported_by":1,"reported_in_full":1,"split":{"field":"van_hoa_xa_hoi"},"unit_of_measure":"mô hình","value":1},{"display":"–","expected":6,"indicator":"dvk_models_new","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"quoc_phong_an_ninh"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_new","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"he_thong_chinh_tri"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_new","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"nong_thon_moi"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_new","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"khong_phan_loai"},"unit_of_measure":"mô hình","value":null},{"display":"0","expected":6,"indicator":"dvk_models_removed","out_of":null,"period":null,"qualifier":"exact","reported_by":1,"reported_in_full":1,"split":{},"unit_of_measure":"mô hình","value":0},{"display":"–","expected":6,"indicator":"dvk_models_removed","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"kinh_te"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_removed","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"van_hoa_xa_hoi"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_removed","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"quoc_phong_an_ninh"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_removed","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"he_thong_chinh_tri"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_removed","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"nong_thon_moi"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_removed","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"khong_phan_loai"},"unit_of_measure":"mô hình","value":null},{"display":"47","expected":6,"indicator":"dvk_models_total","out_of":null,"period":null,"qualifier":"exact","reported_by":3,"reported_in_full":3,"split":{},"unit_of_measure":"mô hình","value":47},{"display":"–","expected":6,"indicator":"dvk_models_total","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"kinh_te"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_total","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"van_hoa_xa_hoi"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_total","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"quoc_phong_an_ninh"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_total","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"he_thong_chinh_tri"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_total","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"nong_thon_moi"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_total","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"field":"khong_phan_loai"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_total","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"kind":"mo_hinh"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_total","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"kind":"dien_hinh"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_registered","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_effective","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_recognised","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_recognised","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"recognition_level":"grassroots"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_recognised","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"recognition_level":"district"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_recognised","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"recognition_level":"province"},"unit_of_measure":"mô hình","value":null},{"display":"–","expected":6,"indicator":"dvk_models_recognised","out_of":null,"period":null,"qualifier":"exact","reported_by":0,"reported_in_full":0,"split":{"recognition_level":"central"},"unit_of_measure":"mô hình","value":null}],"form":"F05","form_version":1,"period":"cal.2023-M01","unit":{"key":"97.1","name":"Tỉnh Mẫu Một","type":"tinh","valid_from":null,"valid_to":null},"watermark":"2026-12-01T00:54:28.102958+00:00"}');


INSERT INTO qcdc.total VALUES
	('97.1', 'F05', 'cal.2023-M05', 'xa', '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,6,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', NULL, NULL, 2, 2, 0),
	('97.1', 'F05', 'cal.2023-M02', 'xa', '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,4,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', NULL, NULL, 2, 0, 2),
	('97.1', 'F05', 'cal.2023-Q2', 'xa', '{0,0,0,12,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,13,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', '{0,0,0,1,0,0,0,0,0,0,1,0,0,0,0,0,0,1,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', NULL, NULL, 1, 0, 1),
	('97.1', 'F05', 'cal.2023-Q1', 'xa', '{0,0,0,10,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,11,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', '{0,0,0,1,0,0,0,0,0,0,1,0,0,0,0,0,0,1,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', NULL, NULL, 1, 0, 1),
	('97.1', 'F05', 'cal.2023-M01', 'xa', '{125050,0,320,11,0,0,0,0,0,0,4,3,1,0,0,0,0,0,0,0,0,0,0,0,52,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', '{1,0,1,1,0,0,0,0,0,0,1,1,1,0,0,0,0,1,0,0,0,0,0,0,3,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', '{0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', NULL, 3, 3, 0),
	('98.1', 'F05', 'cal.2023-Q2', 'xa', '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,35,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,3,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', NULL, NULL, 3, 0, 3),
	('98.1', 'F05', 'cal.2023-Q3', 'xa', '{0,0,0,35,0,0,0,0,0,0,5,0,0,0,0,0,0,0,0,0,0,0,0,0,40,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', '{0,0,0,1,0,0,0,0,0,0,1,0,0,0,0,0,0,1,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', NULL, NULL, 1, 0, 1);


SELECT pg_catalog.setval('qcdc.directory_revision_id_seq', 6, true);


SELECT pg_catalog.setval('qcdc.outbox_id_seq', 1, true);


ALTER TABLE ONLY qcdc.announced_total
    ADD CONSTRAINT announced_total_pkey PRIMARY KEY (province, form, period);


ALTER TABLE ONLY qcdc.dead_letter
    ADD CONSTRAINT dead_letter_pkey PRIMARY KEY (topic, partition, "offset");


ALTER TABLE ONLY qcdc.directory_entity
    ADD CONSTRAINT directory_entity_pkey PRIMARY KEY (key);


ALTER TABLE ONLY qcdc.directory_incoming
    ADD CONSTRAINT directory_incoming_pkey PRIMARY KEY (key);


ALTER TABLE ONLY qcdc.directory_revision
    ADD CONSTRAINT directory_revision_pkey PRIMARY KEY (id);


ALTER TABLE ONLY qcdc.dirty_total
    ADD CONSTRAINT dirty_total_pkey PRIMARY KEY (province, form, period);


ALTER TABLE ONLY qcdc.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (name);


ALTER TABLE ONLY qcdc.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


ALTER TABLE ONLY qcdc."position"
    ADD CONSTRAINT position_pkey PRIMARY KEY (stream, topic, partition);


ALTER TABLE ONLY qcdc.report
    ADD CONSTRAINT report_pkey PRIMARY KEY (unit, form, period, revision);


ALTER TABLE ONLY qcdc.restatement
    ADD CONSTRAINT restatement_pkey PRIMARY KEY (unit, form, period, document, number);


ALTER TABLE ONLY qcdc.snapshot
    ADD CONSTRAINT snapshot_pkey PRIMARY KEY (unit, form, period, document);


ALTER TABLE ONLY qcdc.total
    ADD CONSTRAINT total_pkey PRIMARY KEY (area, form, period, unit_type);


CREATE INDEX report_accepted ON qcdc.report USING btree (province, accepted_at);


CREATE UNIQUE INDEX report_counts_once ON qcdc.report USING btree (unit, form, period) WHERE (superseded_at IS NULL);


CREATE INDEX report_current ON qcdc.report USING btree (form, period, province) WHERE (superseded_at IS NULL);


CREATE INDEX snapshot_of_province ON qcdc.snapshot USING btree (province, form, period);


CREATE TRIGGER snapshot_never_changes BEFORE DELETE OR UPDATE ON qcdc.snapshot FOR EACH ROW EXECUTE FUNCTION qcdc.refuse_change();
